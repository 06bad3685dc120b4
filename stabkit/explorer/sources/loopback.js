// Questions go to the server that this page came from.
const engine = {
  ready: Promise.resolve(),
  async post(path, body) {
    const answer = await fetch(path, { method: "POST", body });
    if (!answer.ok) throw new Error(`The server says: ${answer.status} ${answer.statusText}.`);
    return answer.json();
  },
  ask(name, question) { return this.post(`ask/${name}`, JSON.stringify(question)); },
  read(file, columns = []) {
    const asked = new URLSearchParams(columns.map((name) => ["column", name]));
    return this.post(`read/${encodeURIComponent(file.name)}?${asked}`, file);
  },
};
