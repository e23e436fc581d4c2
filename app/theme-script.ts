export const THEME_KEY = "theme";

/**
 * Runs in the page's head, before anything is drawn: the chosen theme must not come as a flash.
 * The last step of the build puts it there (scripts/build/harden-export), with its hash in the policy:
 * React would create a script of its own as HTML, which the policy forbids.
 */
export const THEME_SCRIPT =
  `try{const t=localStorage.getItem("${THEME_KEY}");` +
  `if(t==="light"||t==="dark")document.documentElement.dataset.theme=t}catch{}`;
