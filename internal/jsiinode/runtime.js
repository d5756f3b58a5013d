// Node.js loads this before jsii. It makes jsii 1.127.0 start faster, and changes nothing of what it does.
"use strict";
const fs = require("fs");
const path = require("path");

const newestNode = 24;
const expected = {
  launcher: "19ef7e8e076ebd4b724d13de3e11cb9b88c1545aa1671cf34b5f496ab1cf2f3b",
  kernel: "42e95eaaf019e70b072cf4f036a30cfe6327e10cbbcfe62607250d88b14e4ff4",
};

// What the kernel gets instead of a part of its text.
const patches = [
  // It reads and writes where the launcher would.
  ["readFD: 3", "readFD: 0"],
  ["writeFD: 3", "writeFD: 1"],
  // The message of this assertion takes a tenth of the time, because it is formatted for every value.
  [
    "assert(typeRef != null, `Kernel error: expected type information, got ${(0, util_1.inspect)(typeRef)}`)",
    "assert(typeRef != null, `Kernel error: expected type information`)",
  ],
];

const program = process.argv[1] ?? "";
if (program.endsWith(path.join("bin", "jsii-runtime.js"))) {
  // Node.js resolves symbolic links in the path, such as that of the temporary folder of macOS.
  replaceLauncher(require("module"), fs.realpathSync(program));
}

// jsii's first process, the launcher, only starts the second and passes on all messages, which takes longer than most of
// the requests in them. So the kernel runs in the first process, on its standard input and output.
function replaceLauncher(Module, launcher) {
  const compile = Module.prototype._compile;
  Module.prototype._compile = function (text, file) {
    if (file !== launcher) {
      return compile.call(this, text, file);
    }
    Module.prototype._compile = compile;
    const kernel = { file: path.join(path.dirname(launcher), "..", "lib", "program.js") };
    const reason = unexpected(text, kernel);
    if (reason) {
      process.stderr.write(`warning: synthesizing takes longer than it could: ${reason}\n`);
      return compile.call(this, text, file);
    }
    deferArchiver(Module);
    run(Module, kernel);
  };
}

// unexpected returns why jsii has to run as it is, if so. It reads the kernel.
function unexpected(launcherText, kernel) {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < 20 || major > newestNode) {
    return `Node.js ${process.version} is not among the tested versions, 20 to ${newestNode}`;
  }
  if (process.platform === "win32") {
    return "jsii needs two processes on Windows";
  }
  kernel.text = fs.readFileSync(kernel.file, "utf8");
  if (checksum(launcherText) !== expected.launcher || checksum(kernel.text) !== expected.kernel) {
    return "this is not the version of jsii that runtime.js was tested with";
  }
}

function checksum(text) {
  return require("crypto").createHash("sha256").update(text).digest("hex");
}

function run(Module, kernel) {
  // The kernel then links to packages instead of copying them. Node.js itself has the option from NODE_OPTIONS.
  process.execArgv.push("--preserve-symlinks");
  // CDKTF keeps the stack of every token, for messages of which the app shows the first line only.
  Error.captureStackTrace = () => {};
  capture("stdout");
  capture("stderr");
  const program = new Module(kernel.file, null);
  program.filename = kernel.file;
  program._compile(patches.reduce((text, [before, after]) => text.replace(before, after), kernel.text), kernel.file);
}

// capture sends what the packages print to Go like the launcher does: as JSON on standard error.
function capture(stream) {
  const write = (chunk, encoding, done) => {
    fs.writeSync(2, JSON.stringify({ [stream]: chunk.toString("base64") }) + "\n");
    done();
  };
  const writable = new (require("stream").Writable)({ write, decodeStrings: true });
  Object.defineProperty(process, stream, { configurable: true, enumerable: true, get: () => writable });
}

// deferArchiver loads archiver when it is first called. It takes half as long as the rest of CDKTF, and only assets need
// it.
function deferArchiver(Module) {
  const load = Module._load;
  Module._load = function (request, parent, isMain) {
    if (request !== "archiver") {
      return load.call(this, request, parent, isMain);
    }
    return (...args) => load.call(this, request, parent, isMain)(...args);
  };
}
