import { Host } from '../../headless/host.ts';
import { MachinePage } from './machine-page.ts';

declare global {
  /** By which the kit calls the page's methods. */
  var ringboxPage: MachinePage;
}

globalThis.ringboxPage = new MachinePage(new Host(document.baseURI));
