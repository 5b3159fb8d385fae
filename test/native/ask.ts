import { gpus } from "../../server/src/native/gpus.js";

// Run as a child by nvml.test.ts, so that a crash of the addon is a failed test and not the end of the suite.
const [root, timeout] = process.argv.slice(2);
const options = timeout === undefined ? {} : { timeoutMs: Number(timeout) };
gpus(root ?? "", options).then((report) => console.log(JSON.stringify(report)));
