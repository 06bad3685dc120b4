// Python for the page, from parts that are in it: no request is ever made.
"use strict";
const BASE = "https://parts.invalid/";  // never asked for: `fetch` answers from the parts
let explorer, files;

async function bytesOf(part) {
  const packed = Uint8Array.fromBase64 ? Uint8Array.fromBase64(part) : Uint8Array.from(atob(part), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// Pyodide asks by address and imports its other half by name; both are answered from the parts.
async function start(parts) {
  const unpacked = {};
  for (const name of Object.keys(parts)) {
    unpacked[name] = await bytesOf(parts[name]);
    delete parts[name];
  }
  self.fetch = async (address) => {
    const name = String(address.url || address).replace(BASE, "");
    if (!(name in unpacked)) return new Response("", { status: 404 });
    return new Response(unpacked[name], { headers: { "content-type": name.endsWith(".wasm") ? "application/wasm" : "" } });
  };
  const script = (name, text) => URL.createObjectURL(new Blob([text || unpacked[name]], { type: "text/javascript" }));
  const other = script("pyodide.asm.mjs");
  // In a worker that is no module Pyodide would load its other half by importScripts.
  self.importScripts = () => { throw new TypeError("a module"); };
  self.imported = (address) => import(String(address).endsWith("pyodide.asm.mjs") ? other : address);
  const text = new TextDecoder().decode(unpacked["pyodide.mjs"]).replace(/\bimport\((?!["'])(\/\*[^*]*\*\/)?/g, "self.imported(");
  const { loadPyodide } = await import(script("", text));
  const python = await loadPyodide({
    indexURL: BASE, packageBaseUrl: BASE, lockFileContents: new TextDecoder().decode(unpacked["pyodide-lock.json"]),
  });
  for (const name of Object.keys(unpacked).filter((one) => one.endsWith(".whl"))) {
    await python.loadPackage(BASE + name, { checkIntegrity: false, messageCallback() {} });
  }
  python.unpackArchive(unpacked["python.zip"], "zip");
  files = python.FS;
  files.mkdirTree("/logs");
  explorer = python.runPython(`
import json, sys
from pathlib import Path
sys.path.insert(0, ".")
from stabkit.explorer.operations import Explorer
_explorer = Explorer()
def _asked(name, question):
    question = json.loads(question)
    if name == "read":
        return json.dumps(_explorer.read(Path(question["path"]), question["columns"]))
    return json.dumps(_explorer.answer(name, question))
_asked`);
}

function read(name, bytes, columns) {
  const path = `/logs/${name.replace(/[^\w. -]/g, "_").replace(/^\.+/, "") || "log"}`;
  files.writeFile(path, new Uint8Array(bytes));
  try {
    return JSON.parse(explorer("read", JSON.stringify({ path, columns })));
  } finally {
    files.unlink(path);
  }
}

self.onmessage = async ({ data: { id, parts, name, question, log, bytes, columns } }) => {
  try {
    if (parts) await start(parts);
    const answer = parts ? {} : bytes ? read(log, bytes, columns) : JSON.parse(explorer(name, question));
    self.postMessage({ id, answer });
  } catch (failure) {
    self.postMessage({ id, failure: String(failure.message || failure).trim().split("\n").pop() });
  }
};
