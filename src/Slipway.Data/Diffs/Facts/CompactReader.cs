namespace Slipway.Data.Diffs.Facts;

/// <summary>
/// Reads Thrift's compact protocol, as its specification of 2024 has it, as far as a Parquet footer needs it.
/// </summary>
/// <exception cref="InvalidDataException">From every member: the bytes are none of it.</exception>
internal ref struct CompactReader(ReadOnlySpan<byte> bytes)
{
    public const int I32 = 5;
    public const int I64 = 6;
    public const int Binary = 8;
    public const int List = 9;
    public const int Struct = 12;

    private const int Deepest = 64;
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;
    private int _depth;

    /// <summary>Reads or skips one field of a struct.</summary>
    public delegate void FieldReader(ref CompactReader reader, int field, int type);

    /// <summary>Goes through the fields of a struct.</summary>
    public void ReadStruct(FieldReader read)
    {
        Enter();
        int field = 0;
        while (true)
        {
            byte head = Byte();
            int type = head & 0x0F;
            if (type == 0)
            {
                _depth--;
                return;
            }

            field = head >> 4 == 0 ? checked((int)ReadInteger()) : field + (head >> 4);
            read(ref this, field, type);
        }
    }

    /// <summary>A zigzag varint, of any width.</summary>
    public long ReadInteger()
    {
        ulong raw = Varint();
        return (long)(raw >> 1) ^ -(long)(raw & 1);
    }

    public ReadOnlySpan<byte> ReadBinary() => Take(Varint());

    /// <summary>How many elements a list or set has, and of which type.</summary>
    public (int Count, int Type) ReadListHead()
    {
        byte head = Byte();
        ulong count = head >> 4 == 15 ? Varint() : (ulong)(head >> 4);
        return count <= (ulong)(_bytes.Length - _at) ? ((int)count, head & 0x0F) : throw new InvalidDataException();
    }

    /// <summary>Skips a value.</summary>
    public void Skip(int type)
    {
        switch (type)
        {
            case 1 or 2: // A boolean is its field's type.
                break;
            case 3:
                Take(1);
                break;
            case 4 or I32 or I64:
                Varint();
                break;
            case 7:
                Take(8);
                break;
            case Binary:
                ReadBinary();
                break;
            case List or 10:
                SkipList();
                break;
            case 11:
                SkipMap();
                break;
            case Struct:
                ReadStruct(static (ref CompactReader at, int _, int inner) => at.Skip(inner));
                break;
            default:
                throw new InvalidDataException();
        }
    }

    private void SkipList()
    {
        Enter();
        (int count, int type) = ReadListHead();
        for (int i = 0; i < count; i++)
        {
            SkipElement(type);
        }

        _depth--;
    }

    private void SkipMap()
    {
        Enter();
        ulong count = Varint();
        if (count > (ulong)(_bytes.Length - _at))
        {
            throw new InvalidDataException();
        }

        int types = count == 0 ? 0 : Byte();
        for (ulong i = 0; i < count; i++)
        {
            SkipElement(types >> 4);
            SkipElement(types & 0x0F);
        }

        _depth--;
    }

    /// <summary>In a list a boolean has a byte of its own.</summary>
    private void SkipElement(int type)
    {
        if (type is 1 or 2)
        {
            Take(1);
        }
        else
        {
            Skip(type);
        }
    }

    private void Enter()
    {
        if (++_depth > Deepest)
        {
            throw new InvalidDataException();
        }
    }

    private byte Byte() => Take(1)[0];

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)(_bytes.Length - _at))
        {
            throw new InvalidDataException();
        }

        ReadOnlySpan<byte> taken = _bytes.Slice(_at, (int)count);
        _at += (int)count;
        return taken;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException();
    }
}
