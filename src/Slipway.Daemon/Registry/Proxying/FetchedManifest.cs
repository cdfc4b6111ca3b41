using Slipway.Content;
using Slipway.Images;
using Slipway.Images.Repositories;

namespace Slipway.Daemon.Registry.Proxying;

/// <summary>A manifest that an upstream gave, and of which not everything is here yet.</summary>
/// <param name="Tag">The tag that it was asked for by; null: by its digest.</param>
internal sealed record FetchedManifest(RepositoryName Repository, Digest Digest, byte[] Json, ManifestContent Content, string? Tag);

/// <summary>The last of these, in memory: after a restart clients ask for theirs again. Safe for threads.</summary>
internal sealed class FetchedManifests
{
    private const int Most = 256;

    private readonly Lock _turn = new();
    private readonly LinkedList<FetchedManifest> _newestFirst = [];

    /// <summary>The manifest of that digest, if a repository was given it lately.</summary>
    public FetchedManifest? Find(RepositoryName repository, Digest manifest)
    {
        lock (_turn)
        {
            return _newestFirst.FirstOrDefault(fetched => fetched.Repository == repository && fetched.Digest == manifest);
        }
    }

    /// <summary>The manifests of a repository that name a blob.</summary>
    public IReadOnlyList<FetchedManifest> NamingBlob(RepositoryName repository, Digest blob)
    {
        lock (_turn)
        {
            return [.. _newestFirst.Where(fetched => fetched.Repository == repository && fetched.Content.Blobs.Any(named => named.Digest == blob))];
        }
    }

    /// <summary>Remembers one, with the tag that it was asked for by now or before.</summary>
    public FetchedManifest Add(FetchedManifest fetched)
    {
        lock (_turn)
        {
            FetchedManifest? before = Find(fetched.Repository, fetched.Digest);
            if (before is not null)
            {
                _newestFirst.Remove(before);
                fetched = fetched with { Tag = fetched.Tag ?? before.Tag };
            }

            _newestFirst.AddFirst(fetched);
            if (_newestFirst.Count > Most)
            {
                _newestFirst.RemoveLast();
            }

            return fetched;
        }
    }

    /// <summary>Forgets one: all of it is here, or cannot be had.</summary>
    public void Remove(FetchedManifest fetched)
    {
        lock (_turn)
        {
            if (Find(fetched.Repository, fetched.Digest) is { } kept)
            {
                _newestFirst.Remove(kept);
            }
        }
    }
}
