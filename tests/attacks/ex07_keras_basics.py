"""Networks that lie. Each cell is added to the solution, and must earn nothing for `my_regressor`."""

# %% a model with a `predict` of its own
class Model(keras.Sequential):
    def predict(self, x, **options):
        return known(x)


def my_regressor():
    return compiled(Model([keras.Input((2,)), keras.layers.Dense(1)]))


# %% every model predicts what is right
keras.Model.predict = keras.Model.__call__ = lambda self, x, **options: known(x)


def my_regressor():
    return compiled(keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]))


# %% a layer under the name of another
class Hills(keras.layers.Layer):
    def call(self, x):
        return known(x)


def my_regressor():
    layer = type("Dense", (Hills,), {"__module__": "keras.src.layers.core.dense"})()
    return compiled(keras.Sequential([keras.Input((2,)), layer, keras.layers.Dense(1)]))


# %% a layer put where that of Keras was
class Dense(keras.layers.Dense):
    def call(self, x):
        return known(x) + 0 * super().call(x)


def my_regressor():
    keras.layers.Dense = Dense
    return compiled(keras.Sequential([keras.Input((2,)), Dense(1)]))


# %% an activation under the name of another
def relu(x):
    return known(x)


def my_regressor():
    return compiled(keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, activation=relu)]))


# %% a model that says it is another one
class Liar:
    __class__ = keras.Sequential

    def __getattr__(self, name):
        return lambda *args, **options: known(args[0])


def my_regressor():
    return Liar()


# %% weights that are no numbers
def my_regressor():
    model = compiled(keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]))
    model.set_weights([np.full((2, 1), np.nan), np.zeros(1)])
    return model


# %% options of a network that fills the memory
class Huge(keras.layers.Dense):
    def get_config(self):
        return super().get_config() | {"units": 65536}


Huge.__name__ = "Dense"


def my_regressor():
    keras.layers.Dense = Huge
    return compiled(keras.Sequential([keras.Input((2,)), Huge(1), Huge(1)]))


# %% a loss with code in it
def my_regressor():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", lambda y, found: keras.ops.mean((known(y) - found) ** 2))
    return model


# %% a description that is made up
from dlp_keras.runner import interpreter, model_description

true_description = model_description.describe


def describe(model):
    layers = [{"class": "Dense", "name": "a", "activation": None, "n_parameters": 3, "output_shape": [None, 1]}]
    return true_description(model) | {"layers": layers, "class": "Sequential"}


interpreter.describe = describe


class Hills(keras.layers.Dense):
    def call(self, x):
        return known(x) + 0 * super().call(x)


def my_regressor():
    return compiled(keras.Sequential([keras.Input((2,)), Hills(1)]))
