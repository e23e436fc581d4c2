import type { Results } from "../results";
import { goalsTable } from "./goals";
import { interfaceTables } from "./interface-tables";
import { memoryTables, visitTables } from "./page-tables";
import { raceTables } from "./race-tables";
import { speedTables } from "./speed-tables";
import type { Table } from "./table";
import { collectionTables, workerTables } from "./worker-tables";

/** All tables that a run has figures for. */
export const tablesOf = (results: Results): Table[] =>
  [
    goalsTable(results),
    ...raceTables(results),
    ...speedTables(results),
    ...visitTables(results),
    ...memoryTables(results),
    ...workerTables(results),
    ...collectionTables(results),
    ...interfaceTables(results),
  ].filter(({ rows }) => rows.length > 0);
