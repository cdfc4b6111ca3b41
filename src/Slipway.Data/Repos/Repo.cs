namespace Slipway.Data.Repos;

/// <summary>A named, versioned folder of data.</summary>
/// <param name="Pipeline">The pipeline whose output this is: such a repo refuses writes by users. Null for a repo of users.</param>
public sealed record Repo(RepoName Name, string Description, DateTimeOffset Created, string? Pipeline);
