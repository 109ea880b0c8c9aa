<?php
namespace Acme\Money;
class Money
{
    public static function of(int $amount): string
    {
        return $amount . ' coins';
    }
}
