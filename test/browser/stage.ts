/** What the stories are played on: the default world with its story, as `npm start` has it, and one browser. */
import type { Browser } from 'playwright-core';
import { defaultWorldFile, readWorld } from '../../local/forges/world/read-world.ts';
import { createApiClient, readOperatorKey } from '../../local/start/api-client.ts';
import { type System, startSystem } from '../support/started.ts';
import { chromiumPath, launchChromium } from './chromium.ts';
import { type Visitor, visit } from './visitor.ts';

export interface Stage {
  readonly system: System;
  readonly browser: Browser;
  /** Asks the API with the operator's key. @param path below `/organizations/acme` */
  // biome-ignore lint/suspicious/noExplicitAny: the schemas are checked where the operations are
  ask(path: string): Promise<any>;
  /** A page of alice, who owns everything; she is signed in once for all stories. */
  owner(path: string): Promise<Visitor>;
  /** A page of somebody who signs in for this story alone. */
  signedIn(login: string, path?: string): Promise<Visitor>;
  close(): Promise<void>;
}

/** @param onStarted is called before the story of the world is played */
export async function openStage(onStarted: (stage: Stage) => Promise<void>): Promise<Stage> {
  const launching = chromiumPath === undefined ? undefined : launchChromium();
  const system = await startSystem(await readWorld(defaultWorldFile));
  const stage = createStage(system, await launching);
  await onStarted(stage);
  await system.playStory();
  await system.cloud.idle({ timeoutMs: 120_000 });
  return stage;
}

function createStage(system: System, launched: Browser | undefined): Stage {
  // Stories are left out without a browser.
  const browser = launched as Browser;
  const { gateway } = system.cloud;
  const access = { url: gateway.url, accessKeyId: gateway.accessKeyId('operator') };
  const api = createApiClient({
    consoleBaseUrl: system.console,
    operatorKey: () => readOperatorKey(system.api.operatorKeySecret, access),
  });
  async function signedIn(login: string, path?: string): Promise<Visitor> {
    const visitor = await visit(browser, system.console);
    await visitor.signIn({ login }, path);
    return visitor;
  }
  let alice: Promise<Visitor> | undefined;
  return {
    ...{ system, browser, signedIn },
    ask: (path) => api.request({ path: `/organizations/acme${path}` }),
    async owner(path) {
      alice ??= signedIn('alice');
      const visitor = await visit(browser, system.console, (await alice).context);
      await visitor.open(path);
      return visitor;
    },
    async close() {
      await launched?.close();
      await system.close();
    },
  };
}
