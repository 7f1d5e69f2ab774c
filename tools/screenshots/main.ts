/**
 * Pictures of pages of a console that runs, in light and dark and on a phone:
 *
 *     node tools/screenshots/main.ts http://127.0.0.1:7421 alice /o/acme/packages /profile
 *
 * An empty login ('') takes them without signing in.
 */
import { launchChromium } from '../../test/browser/chromium.ts';
import { visit } from '../../test/browser/visitor.ts';

const [address, login, ...paths] = process.argv.slice(2);
if (address === undefined || login === undefined || paths.length === 0) {
  console.error('usage: node tools/screenshots/main.ts ADDRESS LOGIN PATH…');
  process.exit(2);
}
const browser = await launchChromium();
const visitor = await visit(browser, address);
if (login !== '') {
  await visitor.signIn({ login });
}
for (const path of paths) {
  const name = path.replaceAll(/[^\w-]+/g, '_').replace(/^_/, '') || 'home';
  await visitor.setScreen('desktop');
  for (const scheme of ['dark', 'light'] as const) {
    await visitor.setColors(scheme);
    await visitor.open(path);
    console.log(await visitor.screenshot(`${name}.${scheme}`));
    for (const violation of await visitor.violations()) {
      console.log(`  ${violation}`);
    }
  }
  await visitor.setScreen('phone');
  await visitor.open(path);
  console.log(await visitor.screenshot(`${name}.phone`));
}
for (const fault of visitor.faults) {
  console.log(`fault: ${fault}`);
}
await browser.close();
