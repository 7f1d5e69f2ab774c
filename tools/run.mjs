// `node tools/run.mjs FILE …`: runs a file of the project on this Node, or on another one of this machine if this one is too old.
import { spawn } from 'node:child_process';
import module from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findNode, isNewEnough, thisMachine, withoutNode } from './node-24.mjs';

const [file, ...rest] = process.argv.slice(2);
if (isNewEnough(process.versions.node)) {
  process.argv.splice(1, 2, resolve(file));
  // The next start finds the files without their types, and compiled.
  module.enableCompileCache(
    fileURLToPath(new URL('../node_modules/.cache/repertoire/compiled', import.meta.url)),
  );
  // In the same process, so that signals reach it.
  await import(pathToFileURL(resolve(file)).href);
} else {
  runOnAnother();
}

function runOnAnother() {
  const machine = thisMachine();
  const node = findNode(machine);
  if (node === undefined) {
    console.error(withoutNode(machine, process.versions.node));
    process.exit(1);
  }
  const child = spawn(node, [file, ...rest], { stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT']) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to both.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('exit', (code) => process.exit(code ?? 1));
}
