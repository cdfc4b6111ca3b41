namespace Slipway.Api;

/// <param name="Head">The global id of the commit that it stands at.</param>
/// <param name="Trigger">What moves it to another branch's head; null where only commits and people do.</param>
public sealed record BranchInfo(string Repo, string Name, string? Head = null, TriggerInfo? Trigger = null);
