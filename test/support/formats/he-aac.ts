/**
 * Three frames each of a tone and noise, by an encoder of HE-AAC: ADTS, whose headers say AAC-LC at half
 * the rate, since nothing else fits in. The replication of the upper half, and of a second channel in
 * the other, is in fill elements.
 */
const ofBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));

export const heAac = ofBase64(
  "//FgQBUCFAFI8SgsaxJgQiFEhdKREAAMTRSjPbdObw1qsdt2Vw2UKFKJQvXsvUJXArDnvY35MprWvGgw7j+SRbyh" +
    "FMsPGWRUqLNoqyTS1Su53gAZ6FzPf2PjDKa8DC9Y87nGNpRMFyh8w4KvCulEzmWfVBKg89C2qE495DVVbWQZXkO8" +
    "Z1qWN8QrKydnM/nIWr/fLbMDeBaLySSFAAAktVaZHZFoQOAH//FgQBXB6AFEMShoSxJgwhVQLEAiAAbOImh1Yidg" +
    "WIOT6W2cU//nUkFdoATiTBy2RXNHuwEZNPBGNEppyYZDdFsJ4i0mt+B0sYM/5qI3WTPvVwA9dcmUyCUlabvm6Qo+" +
    "CntfHDZv2+EDDPjBYV7NKb9V0PpXvnGQ6b1al5CAbrUTlBGnvnNnhPVNaJ9p9utlFmI4hbcSENRZ+Tw/aU5dgbNN" +
    "Cnv1LiweWlG2gAMH//FgQBQhyAFIMSBIWxIsjodFF1BApYAgDPZYQviMkCXyYRqQzHn4ocMU9SgOXzP4oozHysqh" +
    "CkHYbSiGfwux5RtiWsFubtoWBVKtE2S8xPhl3wb2fNeKbw3TN2OPqGn2pMgJtWZXHqB1ojmIxNpK6cMaICOS1xD4" +
    "OZHE6JqSZc7PBFZxQcbEKno1MgKcgfd3d92mJyST6R1kWEghTFWGAcA=",
);
export const heAacV2 = ofBase64(
  "//FgQBjCOAEAmZlgc1SwG3SbGbbcmUP+iOAj3CrKvvFlgKssrRSAPR8QsGgXEnnf5fpfqHuFgjCVFXgGX6emrfdv" +
    "hDqF8xOkEFuJYa4coSk+izsNDshEtrfquVONqApK/BEtHrcF7N39FmmG/vnmr4yj3tbzWfP2H677rcJ/nMly+A34" +
    "PXV8eLfjE+yMOj9XmjhPwh/fSCN9b44ChhmTsFb+E6bJZEzlApznQKzy/yjeC6BQAAAAAOWIF7kf8B/+93n/wAHA" +
    "//FgQBSiFAFK8SBMWxIwkKEhiEAACAEIYPs8riZmploPE1qsdt2Vw2UKFKNMePKU+DmcKsOvsX7ZTWtZEh3G5ihh" +
    "FMsO5ZFSosvVdXQqmLtCJQVI8h4wvzxSdtlpxR5nAwcJZgeEbx9ZsotJeYqUOtNJktTX1dupU9aE+BMPIU5hL1JW" +
    "sBvD9G5JJCk27aLiYlIS2QQgc5bgT/uv13+lhIF/gAA4//FgQBTB7AFKMSBqSxJUhmEAABLAAD10Er7aCbBaCZMT" +
    "lfXw+PjG6koC29JhJfG8mju5GTT0GNFoMwGQ3RbGMRZweEcYqnlXwJWA8ADbrkyjnEhrDiWdIUfwLBxxUsPhMjAh" +
    "vGwETVUZqJ2cAvkqUSANVE6xFX0DQca3JtUoHHhgk9ft/ocYfaU5YG8K05KevVMsEZJRtpgG7EC/5//8//4CA2wA" +
    "4A==",
);
