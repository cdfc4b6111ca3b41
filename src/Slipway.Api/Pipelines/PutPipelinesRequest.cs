namespace Slipway.Api;

/// <param name="Text">One or more specifications, as JSON or YAML.</param>
/// <param name="FileName">Named in diagnostics; its extension may tell the format.</param>
/// <param name="Update">False: a pipeline that exists with another specification is refused.</param>
/// <param name="Reprocess">Runs every datum again, known answers or not.</param>
/// <param name="DryRun">Only says what would change.</param>
public sealed record PutPipelinesRequest(string Text, string FileName, bool Update = false, bool Reprocess = false, bool DryRun = false);
