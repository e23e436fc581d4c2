"use client";

import {
  accuracyRange,
  coreUses,
  limitingRange,
  passesRange,
  workersRange,
} from "@/lib/settings/settings";
import { automaticWorkers } from "@/lib/batch/worker-count";
import { useActions, useSession } from "../session";
import { strings } from "../strings";
import { CheckField, NumberField, SelectField } from "../ui/field";

const t = strings.target;

export function Advanced({ onHint }: { onHint: (hint: string | null) => void }) {
  const settings = useSession((state) => state.settings);
  const cores = useSession((state) => state.capabilities.cores);
  const actions = useActions();
  return (
    <div className="panel-row panel-row-fine">
      <SelectField
        label={t.coreUse}
        hint={t.hints.coreUse}
        onHint={onHint}
        value={settings.coreUse}
        options={coreUses.map((value) => ({ value, text: t.coreUses[value] }))}
        onChange={(coreUse) => actions.update({ coreUse })}
      />
      <NumberField
        label={t.workers}
        hint={t.hints.workers}
        onHint={onHint}
        value={settings.maxConcurrentJobs}
        range={workersRange}
        rangeText={t.wholeRange(String(workersRange.min), String(workersRange.max))}
        step={1}
        whole
        optional
        placeholder={String(automaticWorkers(settings.coreUse, cores))}
        onChange={(maxConcurrentJobs) => actions.update({ maxConcurrentJobs })}
      />
      <NumberField
        label={t.passes}
        hint={t.hints.passes}
        onHint={onHint}
        value={settings.maxPasses}
        range={passesRange}
        rangeText={t.wholeRange(String(passesRange.min), String(passesRange.max))}
        step={1}
        whole
        onChange={(maxPasses) => {
          if (maxPasses !== null) actions.update({ maxPasses });
        }}
      />
      <NumberField
        label={t.accuracy}
        hint={t.hints.accuracy}
        onHint={onHint}
        value={settings.accuracyThreshold}
        range={accuracyRange}
        rangeText={t.range(String(accuracyRange.min), String(accuracyRange.max))}
        step={0.05}
        onChange={(accuracyThreshold) => {
          if (accuracyThreshold !== null) actions.update({ accuracyThreshold });
        }}
      />
      <NumberField
        label={t.mostLimiting}
        hint={t.hints.mostLimiting}
        onHint={onHint}
        value={settings.mostLimiting}
        range={limitingRange}
        rangeText={t.range(String(limitingRange.min), String(limitingRange.max))}
        step={0.5}
        onChange={(mostLimiting) => {
          if (mostLimiting !== null) actions.update({ mostLimiting });
        }}
      />
      <div className="checks">
        <CheckField
          label={t.twoPass}
          hint={t.hints.twoPass}
          onHint={onHint}
          checked={settings.twoPassNormalization}
          onChange={(twoPassNormalization) => actions.update({ twoPassNormalization })}
        />
        <CheckField
          label={t.parallel}
          hint={t.hints.parallel}
          onHint={onHint}
          checked={settings.enableParallelProcessing}
          onChange={(enableParallelProcessing) => actions.update({ enableParallelProcessing })}
        />
        <CheckField
          label={t.keepResponsive}
          hint={t.hints.keepResponsive}
          onHint={onHint}
          checked={settings.keepResponsive}
          onChange={(keepResponsive) => actions.update({ keepResponsive })}
        />
        <CheckField
          label={t.lossless}
          hint={t.hints.lossless}
          onHint={onHint}
          checked={settings.losslessWherePossible}
          onChange={(losslessWherePossible) => actions.update({ losslessWherePossible })}
        />
        <CheckField
          label={t.onlyDown}
          hint={t.hints.onlyDown}
          onHint={onHint}
          checked={settings.onlyTurnDown}
          onChange={(onlyTurnDown) => actions.update({ onlyTurnDown })}
        />
        <CheckField
          label={t.dualMono}
          hint={t.hints.dualMono}
          onHint={onHint}
          checked={settings.dualMono}
          onChange={(dualMono) => actions.update({ dualMono })}
        />
        <CheckField
          label={t.loudnessTags}
          hint={t.hints.loudnessTags}
          onHint={onHint}
          checked={settings.writeLoudnessTags}
          onChange={(writeLoudnessTags) => actions.update({ writeLoudnessTags })}
        />
        {settings.saveTo === "replace" && (
          <CheckField
            label={t.keepOriginals}
            hint={t.hints.keepOriginals}
            onHint={onHint}
            checked={settings.keepOriginals}
            onChange={(keepOriginals) => actions.update({ keepOriginals })}
          />
        )}
      </div>
    </div>
  );
}
