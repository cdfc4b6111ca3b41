using System.Diagnostics.CodeAnalysis;
using Slipway.Images;

namespace Slipway.Daemon.Registry.Access;

/// <summary>What a token is asked for, as <c>repository:team/app:pull,push</c> or <c>registry:catalog:*</c> (Docker's token scope documentation).</summary>
/// <param name="Repository">Null: the list of repositories.</param>
internal sealed record TokenScope(RepositoryName? Repository, RepositoryRights Rights)
{
    private const string CatalogText = "registry:catalog:*";

    /// <summary>The list of repositories.</summary>
    public static readonly TokenScope Catalog = new(null, RepositoryRights.All);

    /// <summary>Reads one; false for what is nothing here, which a token then does not say.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out TokenScope? scope)
    {
        int first = text.IndexOf(':', StringComparison.Ordinal), last = text.LastIndexOf(':');
        scope = text == CatalogText ? Catalog
            : last > first && text[..first] == "repository" && RepositoryName.TryParse(text[(first + 1)..last], out RepositoryName? name)
                && RightsText.Parse(text[(last + 1)..]) is { } rights ? new(name, rights)
            : null;
        return scope is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => Repository is null ? CatalogText : $"repository:{Repository}:{RightsText.Of(Rights)}";
}
