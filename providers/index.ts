import { createCatalogue } from '../src/catalogue/registry.ts';
import { github } from './github.ts';
import { paddle } from './paddle.ts';
import { zendesk } from './zendesk.ts';

/** Every provider that comes with Hookport. */
export const catalogue = createCatalogue([github, paddle, zendesk]);
