export { ditherBegin, ditherBlock, ditherInput } from "./dither";
export { gainBegin, gainBlock, gainInput } from "./gain";
export { quarterCoefficients, setBounds, sixteenthCoefficients } from "./interpolator";
export {
  meterBegin,
  meterBlock,
  meterBlockPeak,
  meterCheck,
  meterCoefficients,
  meterInput,
  meterOver,
  meterRest,
  meterSamplePeak,
  meterSteps,
  meterTruePeak,
  meterWeights,
} from "./meter";
export {
  limiterBegin,
  limiterBlock,
  limiterCheck,
  limiterDeepest,
  limiterDelay,
  limiterInput,
  limiterOutput,
} from "./limiter";
