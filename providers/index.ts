import { createCatalogue } from '../src/catalogue/registry.ts';
import { github } from './github.ts';

/** Every provider that comes with Hookport. */
export const catalogue = createCatalogue([github]);
