"use strict";
// Preloaded into jsii's Node (stacks/bindings.py). That only starts a second Node, which does the work and speaks on file
// descriptor 3, and passes each message on. Here the first does it all: one start less, and half the way for each message.
// A runtime written in another way stays as it is: slow, not wrong.
const fs = require("node:fs");
const Module = require("node:module");
const { Writable } = require("node:stream");

const RUNTIME = /[\\/]bin[\\/]jsii-runtime\.js$/;
const SECOND = '"--preserve-symlinks",(0,s.resolve)(__dirname,"..","lib","program.js")],{stdio:["ignore","pipe","pipe","pipe"]}';

const compile = Module.prototype._compile;
Module.prototype._compile = function (code, file, ...rest) {
  const second = RUNTIME.test(file) && code.includes(SECOND);
  if (second) standIn();
  return compile.call(this, second ? 'require("../lib/program.js");' : code, file, ...rest);
};

function standIn() {
  const { readSync, writeSync } = fs;
  fs.readSync = (fd, ...rest) => readSync(fd === 3 ? 0 : fd, ...rest);
  fs.writeSync = (fd, ...rest) => writeSync(fd === 3 ? 1 : fd, ...rest);
  // What anything else prints travels as lines of JSON on standard error, as from the second.
  for (const name of ["stdout", "stderr"]) {
    const write = (chunk, _, done) => {
      writeSync(2, JSON.stringify({ [name]: chunk.toString("base64") }) + "\n");
      done();
    };
    Object.defineProperty(process, name, { value: new Writable({ write }) });
  }
  // jsii links the packages that it loads if it sees this, and else copies them.
  process.execArgv.push("--preserve-symlinks");
}
