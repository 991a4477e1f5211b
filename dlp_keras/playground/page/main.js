// The page: a WebSocket in the place of the notebook's model.
import playground from "./playground.js";

const listeners = [];
const waiting = [];
const address = new URL("socket", location.href);
address.protocol = "ws:";
address.hash = "";
const socket = new WebSocket(address);
socket.binaryType = "arraybuffer";

const tell = (message, buffers = []) => listeners.forEach((listener) => listener(message, buffers));

const model = {
  get: () => location.hash,
  set: (_, hash) => history.replaceState(null, "", hash),
  save_changes: () => {},
  on: (_, listener) => listeners.push(listener),
  send: (message) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    else if (socket.readyState === WebSocket.CONNECTING) waiting.push(message);
  },
};

socket.addEventListener("open", () => waiting.splice(0).forEach(model.send));
socket.addEventListener("message", ({ data }) => {
  if (typeof data === "string") tell(JSON.parse(data));
  else tell({ type: "frame" }, [new DataView(data)]);
});
socket.addEventListener("close", () => tell({ type: "closed" }));
addEventListener("hashchange", () => model.send({ type: "open", address: location.hash }));

const el = document.getElementById("playground");
el.replaceChildren();
playground.render({ model, el });
