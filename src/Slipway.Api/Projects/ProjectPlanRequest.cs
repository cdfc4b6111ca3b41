namespace Slipway.Api;

/// <param name="Text">A slipway.yaml.</param>
/// <param name="FileName">Named in diagnostics.</param>
public sealed record ProjectPlanRequest(string Text, string FileName);
