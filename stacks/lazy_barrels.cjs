"use strict";
// Preloaded into jsii's Node (stacks/bindings.py). Each provider's lib/index.js, its barrel, is nothing but lines
//     exports.virtualNetwork = require("./virtual-network");
// 1,500 of them in azurerm: 0.9 s and 700 MB for a dozen resource types. Here each becomes a getter that loads its
// file on first use. A barrel written in another way stays as it is, and is loaded eagerly: slow, not wrong.
const Module = require("node:module");

const BARREL = /[\\/]provider-[^\\/]+[\\/]lib[\\/]index\.js$/;
const EXPORT = /^exports\.(\w+) = (require\("\.\/[^"]+"\));$/gm;

const compile = Module.prototype._compile;
Module.prototype._compile = function (code, file, ...rest) {
  const lazy = BARREL.test(file)
    ? code.replace(EXPORT, 'Object.defineProperty(exports, "$1", { enumerable: true, get: () => $2 });')
    : code;
  return compile.call(this, lazy, file, ...rest);
};
