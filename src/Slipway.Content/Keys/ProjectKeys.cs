using System.Security.Cryptography;
using System.Text;

namespace Slipway.Content.Keys;

/// <summary>
/// The opened keys of one project: those that seal its blobs, of which the newest seals what is new, and what its index and its rows are sealed
/// with, which stay the same for ever. In memory only.
/// </summary>
public sealed class ProjectKeys
{
    private readonly byte[] _rows;
    private volatile DataKey[] _data;

    /// <summary>Takes the keys.</summary>
    /// <param name="indexSecret">256 bits that the keys of index and rows are derived from.</param>
    /// <param name="data">At least one; the last is the newest.</param>
    public ProjectKeys(string project, byte[] indexSecret, IReadOnlyList<DataKey> data)
    {
        Project = project;
        Names = Derive(indexSecret, "slipway sealed names 1"u8);
        Index = Derive(indexSecret, "slipway sealed index 1"u8);
        _rows = Derive(indexSecret, "slipway sealed rows 1"u8);
        _data = [.. data];
    }

    /// <summary>Whose they are.</summary>
    public string Project { get; }

    /// <summary>Seals what is new.</summary>
    public DataKey Newest => _data[^1];

    /// <summary>Names a blob in the index without telling its digest.</summary>
    internal byte[] Names { get; }

    /// <summary>Seals the rows of the index.</summary>
    internal byte[] Index { get; }

    /// <summary>Seals rows of the metadata.</summary>
    internal byte[] Rows => _rows;

    /// <summary>The key of that id, or null.</summary>
    public DataKey? Find(Guid id) => Array.Find(_data, key => key.Id == id);

    /// <summary>From now on this key seals what is new; what others sealed stays readable.</summary>
    public void Add(DataKey key) => _data = [.. _data, key];

    /// <summary>Stands for a name in the key of a row, which is not sealed: 64 hex digits that tell nothing of it to who has not these keys.</summary>
    /// <param name="table">The table, so that a name gives different digits in each.</param>
    public string Hide(string table, string name) => Convert.ToHexStringLower(HMACSHA256.HashData(Names, Encoding.UTF8.GetBytes($"{table}\0{name}")));

    private static byte[] Derive(byte[] secret, ReadOnlySpan<byte> info)
    {
        byte[] key = new byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, key, default, info);
        return key;
    }
}
