"""Other right answers to exercise 7. Each cell replaces functions and keeps all points."""


# %% functional models, optimizers that take the steps, Keras's own fit
@keras.saving.register_keras_serializable()
class LinearLayer(keras.layers.Layer):
    def __init__(self, n_outputs, **options):
        super().__init__(**options)
        self.dense = keras.layers.Dense(n_outputs, activation=None)

    def build(self, input_shape):
        self.dense.build(input_shape)

    def call(self, inputs):
        return self.dense(inputs)


def build_linear_model(n_inputs, n_outputs):
    inputs = keras.Input((n_inputs,))
    return keras.Model(inputs, LinearLayer(n_outputs)(inputs))


def train_with_tape(model, x, y, learning_rate, n_steps):
    optimizer, mean_squared_error = keras.optimizers.SGD(learning_rate), keras.losses.MeanSquaredError()
    losses = np.zeros(n_steps)
    for step in range(n_steps):
        with tf.GradientTape() as tape:
            loss = mean_squared_error(y, model(x, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        losses[step] = loss
    return losses


def train_with_fit(model, x, y, learning_rate, epochs):
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=learning_rate), loss="mean_squared_error")
    return model.fit(x, y, batch_size=len(x), epochs=epochs, shuffle=False, verbose=0)


def regression_model(n_inputs):
    inputs = keras.Input((n_inputs,))
    hidden = keras.layers.Dense(16)(inputs)
    model = keras.Model(inputs, keras.layers.Dense(1, "linear")(keras.layers.ReLU()(hidden)))
    model.compile(keras.optimizers.AdamW(0.01), keras.losses.Huber())
    return model


def classification_model(n_inputs, n_classes):
    inputs = keras.Input((n_inputs,))
    outputs = keras.layers.Dense(n_classes)(keras.layers.Dense(16, activation="tanh")(inputs))
    model = keras.Model(inputs, outputs)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss, metrics=["accuracy"])
    return model


def my_regressor():
    inputs = x = keras.Input((2,))
    for _ in range(3):
        x = keras.layers.Dense(16, activation="relu")(x)
    model = keras.Model(inputs, keras.layers.Dense(1)(x))
    model.compile(keras.optimizers.Adam(0.01), loss=keras.losses.MeanSquaredError())
    return model


# %% TensorFlow's functions, and a loop that refuses lists
@keras.saving.register_keras_serializable("mine", "Affine")
class LinearLayer(keras.Layer):
    def __init__(self, n_outputs, **options):
        super().__init__(**options)
        self.n_outputs = n_outputs

    def build(self, input_shape):
        initial = keras.initializers.GlorotNormal()((input_shape[-1], self.n_outputs))
        self.kernel, self.bias = keras.Variable(initial), keras.Variable(np.zeros(self.n_outputs, "float32"))

    def call(self, inputs):
        return tf.nn.bias_add(tf.matmul(inputs, self.kernel), self.bias)

    def get_config(self):
        return {**super().get_config(), "n_outputs": self.n_outputs}


def train_with_tape(model, x, y, learning_rate, n_steps):
    if y.ndim != 2:
        raise ValueError(f"`y` must have the shape (n_samples, n_outputs). Got {y.shape}.")
    x, y, losses = tf.constant(x), tf.constant(y), []
    for _ in range(n_steps):
        with tf.GradientTape(persistent=True) as tape:
            loss = tf.reduce_mean(tf.square(y - model(x)))
        losses.append(loss)
        steps = [learning_rate * tape.gradient(loss, weight) for weight in model.trainable_weights]
        for weight, step in zip(model.trainable_weights, steps):
            weight.assign(weight - step)
    return losses


def train_with_fit(model, x, y, learning_rate, epochs):
    model.compile(keras.optimizers.SGD(learning_rate), loss=keras.losses.MeanSquaredError(), metrics=["mae"])
    return fit(model, x, y, batch_size=x.shape[0], epochs=epochs, validation_data=(x, y), verbose=0)


def my_regressor():
    model = keras.Sequential([keras.Input((2,))])
    for units in (32, 32):
        model.add(keras.layers.Dense(units, activation="elu", kernel_initializer="he_normal"))
    model.add(keras.layers.Dense(1))
    model.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.02, 3800)), loss="mse")
    return model


# %% own layers in all networks, weights set as arrays
def build_linear_model(n_inputs, n_outputs):
    model = keras.Sequential()
    model.add(keras.Input(shape=[n_inputs]))
    model.add(LinearLayer(n_outputs, name="line"))
    return model


def train_with_tape(model, x, y, learning_rate, n_steps):
    y = y.reshape(len(y), -1)

    @tf.function
    def gradients_of_loss():
        with tf.GradientTape() as tape:
            loss = keras.ops.sum(keras.ops.square(model(x) - y)) / y.size
        return loss, tape.gradient(loss, model.trainable_weights)

    losses = []
    for _ in range(n_steps):
        loss, gradients = gradients_of_loss()
        losses.append(loss.numpy())
        weights = model.get_weights()
        model.set_weights([w - learning_rate * g.numpy() for w, g in zip(weights, gradients)])
    return losses


def regression_model(n_inputs):
    layers = [LinearLayer(16), keras.layers.Activation("gelu"), LinearLayer(1)]
    model = keras.Sequential([keras.Input((n_inputs,)), *layers])
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.01), loss="mae")
    return model


def classification_model(n_inputs, n_classes):
    layers = [LinearLayer(16), keras.layers.ReLU(), LinearLayer(n_classes), keras.layers.Softmax()]
    model = keras.Sequential([keras.Input((n_inputs,)), *layers])
    loss = keras.losses.SparseCategoricalCrossentropy()
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.01), loss=loss)
    return model
