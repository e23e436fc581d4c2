import { LevelUp } from "./level-up";

export default function Page() {
  return <LevelUp />;
}
