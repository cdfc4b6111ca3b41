using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace Slipway.Data.Diffs.Facts;

/// <summary>Rows and columns of a Parquet file, by its footer: the file's metadata in Thrift's compact protocol, its length (4, little-endian), <c>PAR1</c>.</summary>
internal static class ParquetFacts
{
    private const int TailSize = 8;
    private const int LongestFooter = 64 << 20;

    private static readonly string[] Types = ["BOOLEAN", "INT32", "INT64", "INT96", "FLOAT", "DOUBLE", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"];

    /// <summary>Null where the footer is broken.</summary>
    public static async ValueTask<FileFacts?> ReadAsync(Stream content, CancellationToken cancellationToken)
    {
        byte[] tail = new byte[TailSize];
        if (content.Length < TailSize + 4)
        {
            return null;
        }

        content.Position = content.Length - TailSize;
        await content.ReadExactlyAsync(tail, cancellationToken);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(tail);
        if (!tail.AsSpan(4).SequenceEqual("PAR1"u8) || length > Math.Min(LongestFooter, content.Length - TailSize - 4))
        {
            return null;
        }

        byte[] footer = new byte[length];
        content.Position = content.Length - TailSize - length;
        await content.ReadExactlyAsync(footer, cancellationToken);
        try
        {
            return Decode(footer);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>FileMetaData: field 2 is the schema, a tree in depth-first order; field 3 is the number of rows.</summary>
    private static FileFacts Decode(byte[] footer)
    {
        CompactReader reader = new(footer);
        long rows = 0;
        ImmutableArray<string> columns = [];
        reader.ReadStruct((ref CompactReader at, int field, int type) =>
        {
            switch (field)
            {
                case 2 when type == CompactReader.List:
                    columns = ReadSchema(ref at);
                    break;
                case 3 when type == CompactReader.I64:
                    rows = at.ReadInteger();
                    break;
                default:
                    at.Skip(type);
                    break;
            }
        });
        return new FileFacts("Parquet") { Rows = rows, Columns = columns };
    }

    private static ImmutableArray<string> ReadSchema(ref CompactReader reader)
    {
        (int count, int type) = reader.ReadListHead();
        if (type != CompactReader.Struct)
        {
            throw new InvalidDataException();
        }

        ImmutableArray<string>.Builder columns = ImmutableArray.CreateBuilder<string>();
        Stack<(string Path, int Left)> groups = [];
        for (int i = 0; i < count; i++)
        {
            (string name, long kind, long children) = ReadElement(ref reader);
            string path = groups.Count > 1 ? $"{groups.Peek().Path}.{name}" : name;
            if (groups.TryPop(out (string Path, int Left) group))
            {
                groups.Push((group.Path, group.Left - 1));
            }

            if (children > 0)
            {
                groups.Push((path, (int)Math.Min(children, count)));
            }
            else
            {
                columns.Add(kind is >= 0 and < 8 ? $"{path} {Types[kind]}" : path);
            }

            while (groups.TryPeek(out group) && group.Left == 0)
            {
                groups.Pop();
            }
        }

        return columns.ToImmutable();
    }

    /// <summary>SchemaElement: field 1 is the type, 4 the name, 5 the number of children.</summary>
    private static (string Name, long Kind, long Children) ReadElement(ref CompactReader reader)
    {
        (string name, long kind, long children) = ("", -1, 0);
        reader.ReadStruct((ref CompactReader at, int field, int type) =>
        {
            switch (field)
            {
                case 1 when type == CompactReader.I32:
                    kind = at.ReadInteger();
                    break;
                case 4 when type == CompactReader.Binary:
                    name = Encoding.UTF8.GetString(at.ReadBinary());
                    break;
                case 5 when type == CompactReader.I32:
                    children = at.ReadInteger();
                    break;
                default:
                    at.Skip(type);
                    break;
            }
        });
        return (name, kind, children);
    }
}
