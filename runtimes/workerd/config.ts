/**
 * The configuration of a workerd that serves `worker.js` on a free port. Beside it are the files that the Worker finds
 * under their paths, as if it had been built into `dist-examples/`.
 */
export function configOf(files: readonly string[]): string {
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "machine", network = (allow = ["local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const main :Workerd.Worker = (
  modules = [
    (name = "dist-examples/workers/worker.js", esModule = embed "worker.js"),
${files.map((path) => `    (name = "${path}", text = embed "${path}"),\n`).join('')}  ],
  compatibilityDate = "2026-11-17",
  compatibilityFlags = ["unsafe_module"],
  globalOutbound = "machine",
  durableObjectNamespaces = [
    (className = "AppObject", uniqueKey = "objects"),
    (className = "Room", uniqueKey = "rooms"),
  ],
  durableObjectStorage = (inMemory = void),
  bindings = [
    (name = "OBJECTS", durableObjectNamespace = "AppObject"),
    (name = "ROOMS", durableObjectNamespace = "Room"),
    (name = "GREETING", text = "hello"),
  ],
);
`
}
