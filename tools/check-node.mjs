// Fails where a script cannot run on this Node. Scripts that people start go through run.mjs, which finds another one.
import { findNode, isNewEnough, thisMachine, withoutNode } from './node-24.mjs';

if (!isNewEnough(process.versions.node)) {
  const machine = thisMachine();
  const found = findNode(machine);
  console.error(
    found === undefined
      ? withoutNode(machine, process.versions.node)
      : `This needs Node 24, and the first one on the PATH is ${process.versions.node}. ${found} is newer: put its folder before the others.`,
  );
  process.exit(1);
}
