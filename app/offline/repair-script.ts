/** The page sets it in `<html>`'s `dataset` once its own scripts run. */
export const ALIVE = "alive";

/**
 * Runs in the page's head. A browser may hold altered scripts of the page for a year, and none that
 * works then registers the service worker, which fetches right ones past the browser's cache. So
 * this does it for them, and loads the page once more. Put there as `THEME_SCRIPT` is.
 */
export const REPAIR_SCRIPT =
  "{const alive=()=>document.documentElement.dataset." +
  ALIVE +
  "!==undefined;let wait=10000;" +
  'addEventListener("error",()=>{wait=1000},true);' +
  'addEventListener("load",()=>setTimeout(async()=>{const s=navigator.serviceWorker;' +
  "if(!s||alive())return;try{" +
  'await s.register("sw.js",{updateViaCache:"none"});await s.ready;' +
  "if(alive()||sessionStorage.repaired)return;" +
  'sessionStorage.repaired="1";location.reload()' +
  // Without storage or a secure origin there is nothing to repair with.
  "}catch{}},wait))}";
