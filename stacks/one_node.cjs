"use strict";
// Preloaded into jsii's Node (stacks/bindings.py). That process only starts a second Node, which does the work, and
// forwards each message to its file descriptor 3. With this file the first process does the work: one start and one hop less.
// A runtime of another form stays as it is: slower, but correct.
const fs = require("node:fs");
const Module = require("node:module");
const { Writable } = require("node:stream");

const RUNTIME = /[\\/]bin[\\/]jsii-runtime\.js$/;
const SECOND = '"--preserve-symlinks",(0,s.resolve)(__dirname,"..","lib","program.js")],{stdio:["ignore","pipe","pipe","pipe"]}';

const compile = Module.prototype._compile;
Module.prototype._compile = function (code, file, ...rest) {
  const second = RUNTIME.test(file) && code.includes(SECOND);
  if (second) actAsSecond();
  return compile.call(this, second ? 'require("../lib/program.js");' : code, file, ...rest);
};

function actAsSecond() {
  const { readSync, writeSync } = fs;
  let answers = [];
  fs.readSync = (fd, ...rest) => {
    if (fd !== 3) return readSync(fd, ...rest);
    // Python sends many requests at once. Write their answers at once, before waiting for the next requests.
    for (let left = Buffer.concat(answers.splice(0)); left.length; ) left = left.subarray(writeSync(1, left));
    return readSync(0, ...rest);
  };
  fs.writeSync = (fd, data, start = 0, ...rest) =>
    fd === 3 ? (answers.push(data.subarray(start)), data.length - start) : writeSync(fd, data, start, ...rest);
  // Other output is sent as lines of JSON on standard error, as the second process does.
  for (const name of ["stdout", "stderr"]) {
    const write = (chunk, _, done) => {
      writeSync(2, JSON.stringify({ [name]: chunk.toString("base64") }) + "\n");
      done();
    };
    Object.defineProperty(process, name, { value: new Writable({ write }) });
  }
  // With this option jsii links the packages that it loads; without the option, jsii copies them.
  process.execArgv.push("--preserve-symlinks");
}
