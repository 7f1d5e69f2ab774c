/** Secrets of a world's App. */
import { appKeyPem } from '../../support/app-key.ts';

export const app = { privateKey: appKeyPem, webhookSecret: 'webhook-secret-of-the-model' };
