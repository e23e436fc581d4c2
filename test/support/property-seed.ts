import fc from "fast-check";

// Integration judges what was changed, so properties meet the same values there at each run;
// everywhere else they look for new ones.
if (process.env["CI"] !== undefined) fc.configureGlobal({ seed: 1_770_387 });
