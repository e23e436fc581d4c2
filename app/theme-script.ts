export const THEME_KEY = "theme";

/**
 * Runs in the page's head, before anything is drawn: the chosen theme must not come as a flash.
 * The build puts its hash into the page's policy, as of every script in the page.
 */
export const themeScript =
  `try{const t=localStorage.getItem("${THEME_KEY}");` +
  `if(t==="light"||t==="dark")document.documentElement.dataset.theme=t}catch{}`;
