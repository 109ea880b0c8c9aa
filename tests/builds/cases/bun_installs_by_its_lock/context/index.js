console.log(require("lib"));
