// Questions go to a Python in a worker of this page; all of it is in the page, as text in base64.
const engine = (() => {
  const parts = Object.fromEntries([...document.querySelectorAll("script[data-part]")]
    .map((script) => [script.dataset.part, script.textContent.trim()]));
  const script = new Blob([byId("worker").textContent], { type: "text/javascript" });
  const worker = new Worker(URL.createObjectURL(script));
  const waiting = new Map();
  let last = 0;

  function send(message, transfer = []) {
    last += 1;
    worker.postMessage({ id: last, ...message }, transfer);
    return new Promise((answered, failed) => waiting.set(last, { answered, failed }));
  }

  worker.onmessage = ({ data: { id, answer, failure } }) => {
    const { answered, failed } = waiting.get(id);
    waiting.delete(id);
    if (failure) failed(new Error(failure)); else answered(answer);
  };
  worker.onerror = (event) => waiting.forEach(({ failed }) => failed(new Error(event.message)));

  return {
    ready: send({ parts }),
    ask: (name, question) => send({ name, question: JSON.stringify(question) }),
    async read(file, columns = []) {
      const bytes = await file.arrayBuffer();
      return send({ log: file.name, bytes, columns }, [bytes]);
    },
  };
})();
