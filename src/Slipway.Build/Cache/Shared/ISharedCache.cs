using Slipway.Content;
using Slipway.Images;

namespace Slipway.Build.Cache.Shared;

/// <summary>
/// A cache outside of the store, that builds of several machines share: a folder, or a repository of a registry. It holds answers to steps, and layers.
/// </summary>
public interface ISharedCache
{
    /// <summary>How messages name it.</summary>
    string Name { get; }

    /// <summary>What it answers.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>; <see cref="ErrorKind.InvalidArgument"/>: it is something else; <see cref="ErrorKind.Unavailable"/>.</exception>
    ValueTask<SharedAnswers> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Brings one of its layers into the store.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>; <see cref="ErrorKind.Corrupt"/>: the bytes have another digest; <see cref="ErrorKind.Unavailable"/>.</exception>
    ValueTask FetchAsync(Descriptor layer, CancellationToken cancellationToken);

    /// <summary>Makes it answer so, in place of what it answered before. Every layer that it is to hold is stored.</summary>
    ValueTask WriteAsync(SharedAnswers answers, CancellationToken cancellationToken);
}
