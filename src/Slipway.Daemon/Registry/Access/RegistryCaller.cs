using System.Collections.Immutable;
using Slipway.Daemon.S3.Keys;
using Slipway.Images;

namespace Slipway.Daemon.Registry.Access;

/// <summary>Who sends a request to the registry, and what that one may.</summary>
/// <param name="Key">Null: it has shown none.</param>
/// <param name="Unproved">What it may without a key, in every repository.</param>
/// <param name="Scopes">What its token was asked for; null where it came without a token.</param>
internal sealed record RegistryCaller(AccessKey? Key, RepositoryRights Unproved, ImmutableArray<TokenScope>? Scopes)
{
    /// <summary>Whether it has shown a key or a token.</summary>
    public bool IsProved => Key is not null || Scopes is not null;

    /// <summary>Whether its token was asked for this; what comes without a token has no such bound.</summary>
    public bool IsAskedFor(TokenScope wanted) =>
        Scopes is not { } scopes || wanted.Rights == (wanted.Rights & scopes.Where(scope => scope.Repository == wanted.Repository).Aggregate(RepositoryRights.None, (all, scope) => all | scope.Rights));

    /// <summary>What its key, or its place, allows in a repository, whatever its token was asked for.</summary>
    public RepositoryRights RightsIn(RepositoryName repository) => Key?.RightsIn(repository) ?? Unproved;

    /// <summary>Whether it may.</summary>
    public bool May(RepositoryName repository, RepositoryRights right) => RightsIn(repository).HasFlag(right) && IsAskedFor(new(repository, right));
}
