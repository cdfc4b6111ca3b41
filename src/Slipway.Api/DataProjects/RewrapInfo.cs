namespace Slipway.Api;

/// <param name="MasterKey">The id of the master key that wraps the keys now.</param>
/// <param name="Projects">How many projects' keys were wrapped anew.</param>
public sealed record RewrapInfo(string MasterKey, int Projects);
