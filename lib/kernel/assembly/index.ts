export { ditherBegin, ditherBlock, ditherInput } from "./dither";
export { quarterCoefficients, setBounds, sixteenthCoefficients } from "./interpolator";
export {
  meterBegin,
  meterBlock,
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
