"use strict";
// Preloaded into jsii's Node (stacks/bindings.py). cdktf records a stack trace for each token, which takes a fifth of
// Node's time. Only messages of errors show these traces. After an error, main.py builds the workspaces again without
// this file.
const Module = require("node:module");

const TRACES = /[\\/]cdkt[fn][\\/]lib[\\/]tokens[\\/]private[\\/]stack-trace\.js$/;
const CAPTURE = "function captureStackTrace(below) {";

const compile = Module.prototype._compile;
Module.prototype._compile = function (code, file, ...rest) {
  return compile.call(this, TRACES.test(file) ? code.replace(CAPTURE, `${CAPTURE} return [];`) : code, file, ...rest);
};
