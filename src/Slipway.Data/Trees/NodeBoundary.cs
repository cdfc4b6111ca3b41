using System.Text;

namespace Slipway.Data.Trees;

/// <summary>
/// Decides where a sequence of items is cut into nodes, from the names alone, left to right, beginning anew after each cut. So the same
/// content is cut alike in whatever order it was written, and an edit moves only the cuts near it: as soon as one falls where one was
/// before, all that follow stay. A node is ended after the item with which it
/// <list type="bullet">
/// <item>has at least <see cref="MinItems"/> items, and the hash of the item's name on this level divides by <see cref="Rarity"/>
/// (about 256 items a node), or</item>
/// <item>has <see cref="MaxItems"/> items, or</item>
/// <item>has <see cref="MaxNameBytes"/> or more bytes of names.</item>
/// </list>
/// The hash is FNV-1a of 64 bits over the level (one byte) and the name's UTF-8, finished by xor with itself shifted right by 33, times
/// 0xFF51AFD7ED558CCD, and again xor shifted by 33. Part of the format: to change it is a new version of <see cref="NodeFormat"/>.
/// </summary>
internal struct NodeBoundary(int level)
{
    public const int MinItems = 64;
    public const int MaxItems = 1024;
    public const int MaxNameBytes = 64 * 1024;
    public const int Rarity = 192;

    private int _items;
    private int _nameBytes;

    /// <summary>Counts an item of the name in; true where the node ends with it.</summary>
    public bool EndsWith(string name)
    {
        Span<byte> buffer = stackalloc byte[512];
        int length = Encoding.UTF8.GetByteCount(name);
        Span<byte> utf8 = length <= buffer.Length ? buffer[..length] : new byte[length];
        Encoding.UTF8.GetBytes(name, utf8);
        _items++;
        _nameBytes += length;
        bool ends = _items >= MaxItems || _nameBytes >= MaxNameBytes || (_items >= MinItems && Hash(utf8) % Rarity == 0);
        if (ends)
        {
            _items = _nameBytes = 0;
        }

        return ends;
    }

    private readonly ulong Hash(ReadOnlySpan<byte> name)
    {
        const ulong prime = 0x100000001B3;
        ulong hash = (0xCBF29CE484222325 ^ (byte)level) * prime;
        foreach (byte b in name)
        {
            hash = (hash ^ b) * prime;
        }

        hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCD;
        return hash ^ (hash >> 33);
    }
}
