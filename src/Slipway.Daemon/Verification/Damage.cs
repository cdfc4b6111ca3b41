using Slipway.Content;
using Slipway.Content.Blobs;

namespace Slipway.Daemon.Verification;

/// <summary>The damaged blobs of a verification, with what they hit and what became of them.</summary>
internal sealed class Damage
{
    private readonly Dictionary<Digest, (BlobHealth Health, DamagedBlobs.Uses Uses, string? Mended)> _blobs = [];

    public bool Contains(Digest digest) => _blobs.ContainsKey(digest);

    /// <param name="mended">How it was mended; null where it was not.</param>
    public void Add(Digest digest, BlobHealth health, DamagedBlobs.Uses uses, string? mended) => _blobs[digest] = (health, uses, mended);

    /// <summary>As a report says it, ordered by digest.</summary>
    public IEnumerable<Fault> Faults(bool repairing) => _blobs.OrderBy(blob => blob.Key).Select(blob =>
        new Fault("blob", blob.Key.ToString(), blob.Value.Health == BlobHealth.Missing ? "it is not stored" : "its bytes have another digest")
        {
            Hits = blob.Value.Uses.Named,
            MoreHits = blob.Value.Uses.More,
            Repaired = blob.Value.Mended is not null,
            Note = blob.Value.Mended ?? (repairing ? "no good copy was found" : null),
        });
}
