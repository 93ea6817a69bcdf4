// onnx.js FILE.onnx BATCH THREADS SECONDS: the median time of a batch in ONNX Runtime (npm's onnxruntime-node, on the CPU).
// Prints JSON with `milliseconds`. Exit status 75 where the package is not installed.
let runtime;
try {
  runtime = require("onnxruntime-node");
} catch {
  console.error("no npm package onnxruntime-node (npm install --ignore-scripts onnxruntime-node)");
  process.exit(75);
}

async function main(path, batch, threads, seconds) {
  const session = await runtime.InferenceSession.create(path, {
    intraOpNumThreads: threads, interOpNumThreads: 1, graphOptimizationLevel: "all", executionProviders: ["cpu"],
  });
  const pictures = new runtime.Tensor("float32", Float32Array.from({ length: batch * 48 * 48 }, Math.random), [batch, 1, 48, 48]);
  const times = [];
  for (let run = 0; run < 3; run++) await session.run({ pictures });
  const end = performance.now() + 1000 * seconds;
  while (times.length < 5 || performance.now() < end) {
    const start = performance.now();
    await session.run({ pictures });
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  console.log(JSON.stringify({ batch, threads, milliseconds: times[times.length >> 1] }));
}

const [path, ...numbers] = process.argv.slice(2);
main(path, ...numbers.map(Number));
