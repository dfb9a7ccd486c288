import { useCallback, useLayoutEffect, useRef } from "react";

/** A function that stays the same while what it does follows the latest render, so that what takes it is not drawn again. */
export function useStable<A extends unknown[]>(run: (...args: A) => void): (...args: A) => void {
  const latest = useRef(run);
  useLayoutEffect(() => {
    latest.current = run;
  });
  return useCallback((...args: A) => latest.current(...args), []);
}
