/** What makes an alert fire, what does not, and what it then says. */
export interface AlertCase {
  readonly alert: string;
  /**
   * `metric{labels} value`: a constant, or in promtool's notation (`0+1x240`: from 0, each minute 1 more).
   * @see https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series
   */
  readonly fires: readonly string[];
  /** Nearly the same, and nothing to look at. */
  readonly quiet: readonly string[];
  /** Of the alert, besides its severity. */
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
  /** How long the series have lasted when one looks; default: four hours. */
  readonly after?: string;
}
