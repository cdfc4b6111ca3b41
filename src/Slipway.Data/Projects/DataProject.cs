using System.Collections.Immutable;
using Slipway.Content.Keys;

namespace Slipway.Data.Projects;

/// <summary>A data project that somebody made: what stands before the slash in the names of its repos.</summary>
/// <param name="Seal">How its content is sealed; null where it is not encrypted.</param>
public sealed record DataProject(string Name, string Description, DateTimeOffset Created, ProjectSeal? Seal);

/// <summary>The wrapped keys of an encrypted project.</summary>
/// <param name="Index">The secret of its index and rows.</param>
/// <param name="Data">Its data keys; the last seals what is new.</param>
public sealed record ProjectSeal(WrappedKey Index, ImmutableArray<WrappedDataKey> Data)
{
    /// <summary>The id of the master key that wraps them.</summary>
    public string MasterKey => Index.MasterKey;
}

/// <summary>A data key that only the master key opens.</summary>
public sealed record WrappedDataKey(Guid Id, DateTimeOffset Created, WrappedKey Key);
