using Slipway.Content;
using Slipway.Data;
using Slipway.Data.Trees;

namespace Slipway.Daemon.Tests.Histories;

internal enum EditVerb
{
    Put,
    Append,
    Delete,
    Move,
}

/// <summary>One edit, for the model and for the store.</summary>
/// <param name="From">Of a move.</param>
/// <param name="Blob">What is put or appended.</param>
internal sealed record ModelEdit(EditVerb Verb, string Path, string? From = null, Digest Blob = default, long Size = 0)
{
    public TreeEdit ForStore()
    {
        DataPath path = DataPath.Parse(Path);
        return Verb switch
        {
            EditVerb.Put => new PutEntry(path, TreeEntry.File(path.Name, Size, Blob)),
            EditVerb.Append => new AppendFile(path, TreeEntry.File(path.Name, Size, Blob)),
            EditVerb.Delete => new DeletePath(path),
            _ => new MovePath(DataPath.Parse(From!), path),
        };
    }

    /// <summary>What comes of some files; null where the store must refuse it.</summary>
    public FileMap? Apply(FileMap files, Bytes bytes) => Verb switch
    {
        EditVerb.Put => files.Put(Path, Blob),
        EditVerb.Append => files.Put(Path, files.Files.TryGetValue(Path, out Digest present) ? bytes.Join(present, Blob) : Blob),
        EditVerb.Delete => files.Delete(Path),
        _ => files.Move(From!, Path),
    };
}

/// <summary>Every content that a history ever had, by digest.</summary>
internal sealed class Bytes
{
    private readonly Dictionary<Digest, byte[]> _contents = [];

    public byte[] this[Digest digest] => _contents[digest];

    /// <summary>One of some hundred contents of a length, so that the same comes again.</summary>
    public static byte[] Any(Random random, int length)
    {
        byte[] content = new byte[length];
        new Random(random.Next(100)).NextBytes(content);
        return content;
    }

    public Digest Add(byte[] content)
    {
        Digest digest = Digest.Of(content);
        _contents[digest] = content;
        return digest;
    }

    public Digest Join(Digest head, Digest tail) => Add([.. _contents[head], .. _contents[tail]]);

    /// <summary>Forgets what no commit needs.</summary>
    public void Keep(HashSet<Digest> needed)
    {
        foreach (Digest digest in _contents.Keys.Except(needed).ToList())
        {
            _contents.Remove(digest);
        }
    }
}
