"use strict";
// Preloaded into jsii's Node (stacks/bindings.py). Each provider's lib/index.js, its barrel, has only lines such as
//     exports.virtualNetwork = require("./virtual-network");
//     exports.virtualNetwork = __importStar(require("./virtual-network/index"));   (cdktn)
// azurerm has 1,500 of them: 0.9 s and 700 MB for a dozen resource types. Each line becomes a getter that loads its file on
// first use. A barrel of another form stays as it is and loads eagerly: slower, but correct.
const Module = require("node:module");

const BARREL = /[\\/]provider-[^\\/]+[\\/]lib[\\/]index\.js$/;
const EXPORT = /^exports\.(\w+) = ((?:__importStar\()?require\("\.\/[^"]+"\)\)?);$/gm;

const compile = Module.prototype._compile;
Module.prototype._compile = function (code, file, ...rest) {
  const lazy = BARREL.test(file)
    ? code.replace(EXPORT, 'Object.defineProperty(exports, "$1", { enumerable: true, get: () => $2 });')
    : code;
  return compile.call(this, lazy, file, ...rest);
};
