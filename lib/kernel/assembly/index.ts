export { ditherBegin, ditherBlock, ditherInput } from "./dither";
export { gainBegin, gainBlock, gainInput } from "./gain";
export { integersBegin, integersBlock, integersInput } from "./integers";
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
  limitingSteps,
  reduce,
  reductionCodes,
  reductionFractions,
  reductionGains,
  reductionTaps,
  startReduction,
  takeAllEnergy,
  takeCodes,
  takeEnergy,
} from "./reduction";
export { slicePeaks, slicePeaksBegin, slicePeaksBlock, slicePeaksInput } from "./slice-peaks";
export { limitingBegin, limitingInput, turnDown } from "./turn-down";
export { sliceCodes, slicesDone } from "./slices";
